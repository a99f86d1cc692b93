// A field that keeps what is typed by itself and tells it a moment later: the server's answer never overtakes a person.
import { createElement as h, useEffect, useLayoutEffect, useRef, useState } from "react";

// What was told and is answered by nothing like it for so long (the server wrote it otherwise) gives way.
const PATIENCE = 5000;

// What a person marked: everything (an empty field too, whose words may only be on their way), or from here to there.
const marked = (element) => {
  if (!element || document.activeElement !== element || element.selectionStart === null) return null;
  const { selectionStart: from, selectionEnd: to, value } = element;
  return from === 0 && to === value.length ? "all" : [from, to];
};

export function Typed({ kind, value, onTyped, wait = 250, ref: given, ...rest }) {
  const [own, setOwn] = useState(value ?? "");
  const element = useRef(null);
  const state = useRef({ timer: null, patience: null, told: [], own: value ?? "", said: value ?? "", mark: null });
  const latest = useRef(onTyped);
  latest.current = onTyped;
  const holds = (node) => {
    element.current = node;
    if (typeof given === "function") given(node);
    else if (given) given.current = node;
  };
  const take = () => {
    const now = state.current;
    now.told = [];
    if (now.said === now.own) return;
    now.mark = marked(element.current);
    now.own = now.said;
    setOwn(now.own);
  };
  const tell = () => {
    const now = state.current;
    if (now.timer === null) return;
    clearTimeout(now.timer);
    now.timer = null;
    now.told.push(now.own);
    clearTimeout(now.patience);
    now.patience = setTimeout(() => now.timer === null && now.told.length > 0 && take(), PATIENCE);
    latest.current?.(now.own);
  };
  useLayoutEffect(() => {
    const now = state.current;
    now.said = value ?? "";
    const answered = now.told.indexOf(now.said);
    if (answered >= 0) now.told.splice(0, answered + 1);
    // While something told is not answered yet, other words of the server's are from before it.
    else if (now.timer === null && now.told.length === 0) take();
  }, [value]);
  useLayoutEffect(() => {
    const { mark } = state.current;
    state.current.mark = null;
    if (mark === "all") element.current?.select();
    else if (mark) element.current?.setSelectionRange(...mark);
  }, [own]);
  useEffect(() => () => {
    clearTimeout(state.current.patience);
    tell();
  }, []);
  const changed = (event) => {
    const now = state.current;
    now.own = event.target.value;
    setOwn(now.own);
    clearTimeout(now.timer);
    now.timer = setTimeout(tell, wait);
  };
  // A command of the keyboard is about what is on the screen.
  const pressed = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && tell();
  return h(kind, { ...rest, ref: holds, value: own, onChange: changed, onBlur: tell, onKeyDown: pressed });
}
