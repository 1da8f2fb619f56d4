/** A form's file input: a button of the browser, and a place to drop a file. */
import { words } from "../language.js";
import { report, upload } from "../store.js";
import { el } from "../text.js";

/** The uploaded files are the ticked boxes of the list, by their ids; whoever unticks one leaves it out. */
export function fileInput(block, { action_id: action, filetypes = [], max_files: filesMax = 10 }) {
  const types = filetypes.map((type) => `.${type}`).join(", ");
  const list = el("div", { className: "files" });
  list.dataset.action = action;
  const input = el("input", { type: "file", accept: types, multiple: filesMax > 1 });
  const label = el("label", {}, block.label.text, input);
  const hint = el("p", { className: "small" }, words.file.drop(types));
  const about = block.hint ? el("p", { className: "small" }, block.hint.text) : null;
  const zone = el("div", { className: "drop" }, label, hint, list, about);

  async function take(files) {
    for (const file of files) {
      if (types !== "" && !types.split(", ").includes(extensionOf(file.name))) {
        report(words.file.wrongType(file.name, types));
        continue;
      }
      const id = await upload(file);
      if (id === undefined) continue;
      const box = el("input", { type: "checkbox", value: id, checked: true });
      list.append(el("label", { className: "check" }, box, file.name));
      while (list.children.length > filesMax) list.firstChild.remove();
    }
    input.value = "";
  }

  input.addEventListener("change", () => take([...input.files]));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  return zone;
}

function extensionOf(name) {
  return /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? "";
}
