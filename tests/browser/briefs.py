"""Briefs and prompts, and the model of videos that wait."""

HALTED = "veo-3.1-lite-generate-001"
"""A model to which the server submits nothing."""

BRIEF = {
    "Brand": "Tidewater Cycles",
    "Product": "The Harbour, an electric city bicycle",
    "Audience": "Commuters who are tired of traffic",
    "Tone": "Bright, confident, a little playful",
    "Style": "Crisp morning light, teal and coral",
    "Call to action": "Book a free test ride",
}
CONTEXT = {name.lower().replace(" ", "_"): text for name, text in BRIEF.items()}
PROMPTS = (
    "Low tracking shot beside the front wheel of a teal bicycle as it rolls through a puddle.",
    "Aerial shot over an avenue locked in traffic; on the cycle lane a single rider glides by.",
    "Close-up of a gloved hand pressing a button on a handlebar; a soft ring of light comes on.",
    "Wide shot of friends on a wooden pier at dusk, leaning three bicycles against the railing.",
)
