// What the search is made of: each part can be taken out.

export function mount({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".chips");
  box.replaceChildren(...data.chips.map((chip) => make(chip, setTriggerValue)));
}

function make(chip, setTriggerValue) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = chip.kind;
  const text = document.createElement("span");
  text.textContent = chip.text;
  button.append(text);
  if (chip.what) {
    button.setAttribute("aria-label", `Remove ${chip.text}`);
    button.insertAdjacentHTML("beforeend", '<i aria-hidden="true">×</i>');
  }
  button.onclick = () => setTriggerValue("act", chip);
  return button;
}
