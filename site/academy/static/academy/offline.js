// The pages that this phone has kept for whoever is signed in, by their titles; "Try again" asks for the page that was wanted.

document.querySelector("[data-again]").addEventListener("click", (event) => {
  event.preventDefault();
  location.reload();
});

const list = document.querySelector("#kept ul");

async function title(cache, request) {
  const text = await (await cache.match(request)).text();
  return new DOMParser().parseFromString(text, "text/html").title.split(" · ")[0];
}

async function show() {
  const person = await caches.match("/person", { cacheName: "meta" });
  const cache = await caches.open(`pages-${person ? await person.text() : ""}`);
  const readable = (await cache.keys()).filter(({ url }) => /\/(courses|handbooks|cases|regulations|events)\/.+/.test(url));
  for (const request of readable.reverse()) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = request.url;
    link.textContent = await title(cache, request);
    item.append(link);
    list.append(item);
  }
  document.getElementById("kept").hidden = !readable.length;
}

if ("caches" in window) show();
