// A button to choose one small file, read here and handed over in base64: there is no address that takes anybody's upload.
import { createElement as h, useState } from "react";

export function ChosenFile({ accept, most, words, onChosen }) {
  const [refusal, setRefusal] = useState("");
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    if (file.size > most) return setRefusal(words.size);
    setRefusal("");
    const reader = new FileReader();
    reader.onload = () => onChosen?.(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => setRefusal(words.unread);
    reader.readAsDataURL(file);
  };
  const input = h("input", { type: "file", accept, className: "sr", onChange: chosen });
  return h(
    "div",
    null,
    h("label", { className: "btn choose-file" }, input, words.choose),
    h("p", { role: "alert", className: refusal ? "fld-error" : "sr" }, refusal),
  );
}
