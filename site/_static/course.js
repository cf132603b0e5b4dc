// What the pages add to the theme: a playground that is as tall as its contents, and one that has already learned.
const frames = document.querySelectorAll("iframe.course-playground");
for (const frame of frames) {
  const begin = () => {
    const inner = frame.contentDocument;
    if (!inner?.body) return;
    const fit = () => {
      frame.style.height = `${Math.ceil(inner.documentElement.getBoundingClientRect().height) + 2}px`;
    };
    new ResizeObserver(fit).observe(inner.documentElement);
    fit();
    const theme = () => (inner.documentElement.dataset.theme = document.documentElement.dataset.theme ?? "");
    new MutationObserver(theme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    theme();
    if (frame.dataset.train) train(frame, inner, Number(frame.dataset.train));
  };
  frame.addEventListener("load", begin);
  if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.body?.childElementCount) begin();
}

// Waits for the first picture; a network that has not learned yet learns for so many steps.
function train(frame, inner, steps) {
  const session = inner.getElementById("playground")?.playground?.session;
  if (!session?.view) return void setTimeout(train, 100, frame, inner, steps);
  if (session.given || session.view.step > 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  session.until = steps;
  session.play();
}
