// Attach a PDF: chosen, dropped into the dialog, or dropped on a row of a list; sent as it is, with its progress.
import { createElement as h, useEffect, useRef, useState } from "react";

// A file dropped on a row waits here until the dialog of its invoice is open.
let waiting = null;

const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const rowOf = (event) => event.target.closest?.("tr, li")?.querySelector('[data-drop-document]:not([data-drop-document=""])');

export function RowDrops({ onDropped }) {
  const latest = useRef(onDropped);
  latest.current = onDropped;
  useEffect(() => {
    let marked = null;
    const mark = (row) => {
      marked?.classList.remove("drop-here");
      marked = row;
      marked?.classList.add("drop-here");
    };
    const over = (event) => {
      if (!holdsFiles(event) || event.defaultPrevented) return;
      const cell = rowOf(event);
      // Missing the row must not make the browser leave the page for the file.
      event.preventDefault();
      event.dataTransfer.dropEffect = cell ? "copy" : "none";
      mark(cell?.closest("tr, li") ?? null);
    };
    const dropped = (event) => {
      if (!holdsFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      mark(null);
      const cell = rowOf(event);
      if (!cell) return;
      waiting = { invoice: cell.dataset.dropDocument, files: [...event.dataTransfer.files] };
      latest.current?.(waiting.invoice);
    };
    const left = (event) => event.relatedTarget === null && mark(null);
    document.addEventListener("dragover", over);
    document.addEventListener("drop", dropped);
    document.addEventListener("dragleave", left);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", dropped);
      document.removeEventListener("dragleave", left);
    };
  }, []);
  return null;
}

export function DropZone({ invoice, address, kinds = "pdf", accept = ".pdf,application/pdf", most, words, onDone }) {
  const [share, setShare] = useState(-1);
  const [refusal, setRefusal] = useState("");
  const [isOver, setOver] = useState(false);
  const sending = useRef(null);
  const input = useRef(null);

  const send = (files) => {
    if (sending.current || !files.length) return;
    const [file] = files;
    if (files.length > 1) return setRefusal(words.one_only);
    if (file.size > most * 1024 * 1024) return setRefusal(words.too_large.replace("{most}", most));
    if (!new RegExp(`\\.(${kinds})$`, "i").test(file.name) && file.type !== "application/pdf") return setRefusal(words.not_pdf);
    setRefusal("");
    setShare(0);
    const request = new XMLHttpRequest();
    sending.current = request;
    const end = (sentence) => {
      sending.current = null;
      setShare(-1);
      setRefusal(sentence);
      if (input.current) input.current.value = "";
    };
    request.upload.onprogress = (event) => event.lengthComputable && setShare(event.loaded / event.total);
    request.onerror = () => end(words.lost);
    request.onabort = () => end(words.stopped);
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // Not ours: the sentence for a lost connection says what to do.
      }
      if (request.status !== 200 && request.status !== 201) return end(answer.refusal ?? words.lost);
      end("");
      onDone?.(answer.document, answer.is_new);
    };
    request.open("POST", address + invoice);
    request.setRequestHeader("Content-Type", "application/pdf");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.send(file);
  };

  useEffect(() => {
    if (waiting?.invoice === invoice) {
      const { files } = waiting;
      waiting = null;
      send(files);
    }
    return () => sending.current?.abort();
  }, [invoice]);

  const over = (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const dropped = (event) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    send([...event.dataTransfer.files]);
  };
  const isSending = share >= 0;
  const percent = Math.round(share * 100);
  const choose = h(
    "label",
    { className: "btn pri sm doc-choose" },
    h("input", {
      type: "file",
      accept,
      className: "sr",
      ref: input,
      disabled: isSending,
      onChange: (event) => send([...event.target.files]),
    }),
    words.choose,
  );
  const progress = h(
    "div",
    { className: "doc-sending" },
    h("progress", { max: 100, value: percent, "aria-label": words.sending }),
    h("span", { className: "num" }, `${percent} %`),
    h("button", { type: "button", className: "btn sm", onClick: () => sending.current?.abort() }, words.stop),
  );
  return h(
    "div",
    {
      className: `doc-zone${isOver ? " over" : ""}`,
      onDragOver: over,
      onDragLeave: () => setOver(false),
      onDrop: dropped,
      "aria-busy": isSending,
    },
    isSending ? progress : h("div", { className: "doc-ask" }, choose, h("span", { className: "t2" }, words.or_drop)),
    h("p", { role: "alert", className: refusal ? "fld-error" : "sr" }, refusal),
  );
}
