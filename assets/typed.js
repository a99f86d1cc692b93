// A field that keeps what is typed by itself and tells it a moment later: the server's answer never overtakes a person.
import { createElement as h, useEffect, useRef, useState } from "react";

export function Typed({ kind, value, onTyped, wait = 250, ...rest }) {
  const [own, setOwn] = useState(value ?? "");
  const state = useRef({ timer: null, told: [], own: value ?? "" });
  const latest = useRef(onTyped);
  latest.current = onTyped;
  const tell = () => {
    const now = state.current;
    if (now.timer === null) return;
    clearTimeout(now.timer);
    now.timer = null;
    now.told.push(now.own);
    latest.current?.(now.own);
  };
  useEffect(() => {
    const now = state.current;
    const answered = now.told.indexOf(value);
    if (answered >= 0) now.told.splice(0, answered + 1);
    else if (now.timer === null) {
      now.told = [];
      now.own = value ?? "";
      setOwn(now.own);
    }
  }, [value]);
  useEffect(() => () => tell(), []);
  const changed = (event) => {
    const now = state.current;
    now.own = event.target.value;
    setOwn(now.own);
    clearTimeout(now.timer);
    now.timer = setTimeout(tell, wait);
  };
  // A command of the keyboard is about what is on the screen.
  const pressed = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && tell();
  return h(kind, { ...rest, value: own, onChange: changed, onBlur: tell, onKeyDown: pressed });
}
