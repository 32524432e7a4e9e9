// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { h } from "../../src/ui/dom";

describe("an element", () => {
  it("has its attributes as a browser reads them", () => {
    const made = h("button", {
      class: "button",
      attrs: { type: "button", hidden: true, disabled: false, title: undefined, tabindex: 0 },
    });
    expect(made.outerHTML).toBe(
      '<button class="button" type="button" hidden="" tabindex="0"></button>',
    );
  });

  it("says of aria that it is true: empty is as if it were not there", () => {
    const attrs = { "aria-hidden": true, "aria-expanded": true, "aria-busy": false };
    const made = h("i", { attrs });
    expect(made.getAttribute("aria-hidden")).toBe("true");
    expect(made.getAttribute("aria-expanded")).toBe("true");
    expect(made.hasAttribute("aria-busy")).toBe(false);
  });

  it("takes words as text and leaves out what is not there", () => {
    const made = h("p", {}, "<b>", null, false, undefined, h("i", {}, "&"));
    expect(made.innerHTML).toBe("&lt;b&gt;<i>&amp;</i>");
  });
});
