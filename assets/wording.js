// Put a field where the caret is, and keep a browser from closing over what is not saved.
import { createElement as h, useEffect, useRef, useState } from "react";

// React hears a change only when the value is set as typing would set it.
const setValue = (input, value) => {
  const kind = input instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(input, value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

export function FieldList({ fields, inputs, usual, label }) {
  const last = useRef(usual);
  useEffect(() => {
    const remember = (event) => {
      if (inputs.includes(event.target.id)) last.current = event.target.id;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, [inputs]);
  const insert = (name) => {
    const input = document.getElementById(last.current) ?? document.getElementById(usual);
    if (!input) return;
    const words = `{{ ${name} }}`;
    const [start, end] = [input.selectionStart ?? input.value.length, input.selectionEnd ?? input.value.length];
    setValue(input, input.value.slice(0, start) + words + input.value.slice(end));
    input.focus();
    requestAnimationFrame(() => input.setSelectionRange(start + words.length, start + words.length));
  };
  const item = (field) =>
    h(
      "li",
      { key: field.name },
      h("button", { type: "button", className: "field-chip", onClick: () => insert(field.name) }, field.name),
      h("span", { className: "t2 f12" }, field.about),
    );
  return h("ul", { className: "field-list", "aria-label": label }, fields.map(item));
}

export function LeaveGuard({ active }) {
  useEffect(() => {
    if (!active) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [active]);
  return null;
}

export function LogoChoice({ most, words, onChosen }) {
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
  const input = h("input", { type: "file", accept: "image/png,image/jpeg", className: "sr", onChange: chosen });
  return h(
    "div",
    null,
    h("label", { className: "btn logo-choose" }, input, words.choose),
    h("p", { role: "alert", className: refusal ? "fld-error" : "sr" }, refusal),
  );
}
