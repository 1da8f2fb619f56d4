/** The app's home, as it has published it for this person. */
import { drawBlock } from "./blocks.js";
import { filledIn, pressWith } from "./forms/dialogs.js";
import { words } from "./language.js";
import { seeing } from "./message.js";
import { act, view } from "./store.js";
import { el } from "./text.js";
import { settle } from "./timeline.js";

export function drawHome(box) {
  const { home, you } = view.snapshot;
  settle(box, "home", [{ id: "home", drawnFrom: JSON.stringify([you, home]), draw: () => homeView(home) }]);
}

function homeView(home) {
  const box = el("div", { className: "home" });
  const see = seeing((component, block, option) =>
    pressWith(
      component,
      (values) => act("press", { ...values, where: "home", blockId: block.block_id, values: filledIn(box) }),
      option,
    ),
  );
  const blocks = home?.blocks.map((block) => drawBlock(block, see));
  box.append(...(blocks ?? [words.emptyHome]));
  return box;
}
