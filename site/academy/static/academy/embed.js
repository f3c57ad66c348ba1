// For other sites: <script src="https://…/embed.js" async></script> shows the question box where the script stands.

(() => {
  const script = document.currentScript ?? document.querySelector('script[src$="/embed.js"]');
  const frame = document.createElement("iframe");
  frame.src = new URL(script.dataset.page ?? "/ask/embed/", script.src).href;
  frame.title = script.dataset.title ?? "食安学堂 · 提问";
  frame.loading = "lazy";
  frame.referrerPolicy = "origin";
  frame.style.cssText = `width:100%;border:0;height:${Number(script.dataset.height) || 560}px`;
  script.after(frame);
})();
