/** Prompts to begin with. */
export const STARTERS = {
  "Product on a table":
    "Close-up of the product on a wooden table. The camera pushes in slowly. Soft window light from the left, shallow depth of field.",
  "In somebody's hands":
    "Medium shot of two hands that unwrap the product and turn it to the light. Handheld, warm afternoon light. Sound: paper, a quiet room.",
  "Made by hand":
    "Macro shot of a craftsperson at work on the product. Sparks of dust in a beam of light. Sound: the tool, and nothing else.",
  "A day outside":
    "Wide shot of friends who walk along a ridge with the product in their packs. A drone follows from behind. Golden hour. Sound: wind, steps on gravel.",
  "Before and after":
    "Locked-off shot of a grey room that turns bright and warm as the product is put on the shelf. Sound: a switch, then soft music.",
  "Logo to end with":
    "The product stands alone before a plain backdrop. A slow orbit comes to rest on its front. Studio light with a soft rim. Sound: one low note that fades.",
};

export const IDEAS = {
  Camera: ["Slow push in", "Orbit to the left", "Handheld", "Locked-off shot", "Drone from above"],
  Light: ["Window light", "Golden hour", "Hard studio light", "Neon at night", "Overcast"],
  Sound: ["Sound: quiet room tone", "Sound: rain on glass", "Sound: soft piano", "No speech"],
};
