// What the found sounds are, with counts; a click narrows the search down, another widens it.

const SHOWN = 6;
const opened = (window.foundsoundFacets ??= new Set()); // facets that show all their values

export function mount({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".facets");
  box.replaceChildren(...data.facets.map((facet) => section(facet, setTriggerValue, () => mount({ parentElement, data, setTriggerValue }))));
}

function section(facet, setTriggerValue, again) {
  const element = document.createElement("section");
  const title = document.createElement("h3");
  title.textContent = facet.title;
  const list = document.createElement("ul");
  const all = opened.has(facet.title);
  const most = Math.max(1, ...facet.values.map((value) => value.count));
  const shown = facet.values.filter((value, place) => all || place < SHOWN || value.on);
  for (const value of shown) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(value.on));
    button.style.setProperty("--share", `${(value.count / most) * 100}%`);
    const [name, count] = [document.createElement("span"), document.createElement("b")];
    name.textContent = value.value;
    button.title = value.filter;
    count.textContent = value.count.toLocaleString("en");
    button.append(name, count);
    button.onclick = () => setTriggerValue("act", { filter: value.filter });
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  element.append(title, list);
  if (facet.values.length > shown.length || all) {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "rest";
    more.textContent = all ? "Fewer" : `${facet.values.length - shown.length} more`;
    more.setAttribute("aria-label", `${more.textContent}: ${facet.title}`);
    more.onclick = () => {
      if (all) opened.delete(facet.title);
      else opened.add(facet.title);
      again();
    };
    element.append(more);
  }
  return element;
}
