// A bar or point of a chart leads to what it is made of: its datum has "go", and what many share stands before it.
// What leads elsewhere has its whole address in "go".
// Who uses no mouse has the same ways in the table behind the chart.
export function leadOn(embedded) {
  const lead = embedded.spec.usermeta?.lead ?? "";
  embedded.view.addEventListener("click", (_event, item) => {
    const go = item?.datum?.go;
    if (!go) return;
    const address = go.startsWith("/") ? go : lead + go;
    const router = window.__reactRouterDataRouter;
    if (router) router.navigate(address);
    else window.location.assign(address);
  });
}
