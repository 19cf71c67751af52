import { Problem, startSession } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, element } from "./dom.js";
import { Field } from "./fields.js";
import { TEXTS } from "./texts.js";

/** Ask for an API key and start a session. Resolve with whether a session exists now. */
export function askForKey() {
  const input = element("input", {
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
  });
  const field = new Field(input, { label: TEXTS.apiKey, hint: TEXTS.apiKeyHint });
  return openDialog({
    title: TEXTS.apiKeyTitle,
    content: [field.root],
    go: button(TEXTS.apiKeySend, { kind: "primary" }),
    isFit: async () => {
      try {
        await startSession(field.value.trim());
        return true;
      } catch (error) {
        field.showError(error instanceof Problem ? TEXTS.badApiKey : error.message);
        input.focus();
        return false;
      }
    },
    answer: () => true,
    otherwise: false,
  });
}
