/** The preview by itself: `?space=studio&size=small&light=dusk&furnished&still`. */
import "@fontsource-variable/nunito-sans";
import { createPreview } from "../src/scene/preview";
import { designFor } from "./fake-design";

const query = new URLSearchParams(location.search);
const canvas = document.querySelector<HTMLCanvasElement>("#view")!;
const preview = createPreview(canvas, { reducedMotion: query.has("still") });
preview.show(designFor(query));
Object.assign(window, { preview, designFor });
setTimeout(() => {
  preview.show(designFor(query));
  document.title = "done";
}, 300);
