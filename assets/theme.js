// The server's own pages take the theme that the screens have on this machine, before anything is drawn.
try {
  const chosen = localStorage.getItem("theme");
  if (["light", "dark", "system"].includes(chosen)) document.documentElement.className = chosen;
} catch {
  // No storage: the theme of the account, which the server wrote, stays.
}
