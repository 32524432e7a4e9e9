// Adds large keys below the join code field; without this script the field works alone.
const field = document.getElementById("code");
const keys = document.getElementById("keys");
const wanted = Number(field.dataset.length);

const bare = () => field.value.toUpperCase().replace(/[^A-Z0-9]/g, "");
const show = (text) => {
  const code = text.slice(0, wanted);
  field.value = code.length > 3 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
};
const key = (label, name, press) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", press);
  keys.append(button);
  return button;
};

for (const letter of field.dataset.alphabet) {
  key(letter, letter, () => show(bare() + letter));
}
key("Erase", "Erase the last character", () => show(bare().slice(0, -1))).className = "erase";
field.addEventListener("input", () => show(bare()));
keys.hidden = false;
if (matchMedia("(hover: hover)").matches) field.focus();
