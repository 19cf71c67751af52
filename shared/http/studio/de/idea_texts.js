/** @type {Record<string, string>} */
export const STARTERS = {
  "Produkt auf einem Tisch":
    "Nahaufnahme des Produkts auf einem Holztisch. Die Kamera fährt langsam heran. Weiches Fensterlicht von links, geringe Schärfentiefe.",
  "In jemandes Händen":
    "Halbnahe: Zwei Hände packen das Produkt aus und drehen es ins Licht. Handkamera, warmes Nachmittagslicht. Ton: Papier, ein stiller Raum.",
  "Von Hand gemacht":
    "Makroaufnahme eines Menschen bei der Handarbeit am Produkt. Staub funkelt in einem Lichtstrahl. Ton: das Werkzeug, sonst nichts.",
  "Ein Tag im Freien":
    "Totale: Freunde wandern mit dem Produkt im Gepäck über einen Grat. Eine Drohne folgt ihnen. Goldene Stunde. Ton: Wind, Schritte auf Kies.",
  "Vorher und nachher":
    "Feste Einstellung: Ein grauer Raum wird hell und warm, als das Produkt ins Regal gestellt wird. Ton: ein Schalter, dann leise Musik.",
  "Logo zum Schluss":
    "Das Produkt steht allein vor schlichtem Hintergrund. Eine langsame Kreisfahrt endet vor seiner Vorderseite. Studiolicht mit weicher Kante. Ton: ein tiefer Ton, der verklingt.",
};

/** @type {Record<string, string[]>} */
export const IDEAS = {
  Kamera: [
    "Langsame Fahrt nach vorn",
    "Kreisfahrt nach links",
    "Handkamera",
    "Feste Einstellung",
    "Drohne von oben",
  ],
  Licht: ["Fensterlicht", "Goldene Stunde", "Hartes Studiolicht", "Neon bei Nacht", "Bedeckt"],
  Ton: ["Ton: stiller Raum", "Ton: Regen auf Glas", "Ton: leises Klavier", "Keine Sprache"],
};
