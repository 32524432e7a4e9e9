/** Labelled inputs and the forms around them: help, what is wrong, progress. */
import { Problem } from "../../net/api";
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import { toast } from "../toasts";
import { SH } from "./strings";

let count = 0;

interface FieldOptions {
  label: string;
  help?: string;
  value?: string;
  type?: string;
  attrs?: Record<string, string | number | boolean | undefined>;
}

/** An input with its label; `wrong("")` takes a complaint away. */
export interface Field<T extends HTMLElement = HTMLInputElement> {
  element: HTMLElement;
  input: T;
  wrong(words: string): void;
}

function around<T extends HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
  input: T,
  options: FieldOptions,
): Field<T> {
  const id = input.id === "" ? `field-${++count}` : input.id;
  input.id = id;
  const wrong = h("p", { class: "small wrong-text", attrs: { id: `${id}-wrong`, hidden: true } });
  const help =
    options.help === undefined
      ? null
      : h("p", { class: "small quiet", attrs: { id: `${id}-help` } }, options.help);
  input.setAttribute("aria-describedby", help === null ? `${id}-wrong` : `${id}-help ${id}-wrong`);
  const element = h(
    "div",
    { class: "field" },
    h("label", { attrs: { for: id } }, options.label),
    help,
    input,
    wrong,
  );
  const complain = (words: string) => {
    wrong.hidden = words === "";
    wrong.textContent = words;
    if (words === "") input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  };
  input.addEventListener("input", () => complain(""));
  return { element, input, wrong: complain };
}

/** A line of text. */
export function field(options: FieldOptions): Field {
  const input = h("input", {
    class: "input",
    attrs: { type: options.type ?? "text", ...options.attrs },
  });
  input.value = options.value ?? "";
  return around(input, options);
}

/** A whole number to type; `read` complains beside it and gives null when it is none. */
export function numberField(
  options: FieldOptions & { least: number; most: number },
): Field & { read(): number | null } {
  const { least, most } = options;
  const made = field({
    ...options,
    type: "number",
    attrs: { min: least, max: most, inputmode: "numeric", ...options.attrs },
  });
  const read = () => {
    const typed = Number(made.input.value);
    const good = Number.isInteger(typed) && typed >= least && typed <= most;
    if (good) return typed;
    made.wrong(SH.badNumber(least, most));
    made.input.focus();
    return null;
  };
  return { ...made, read };
}

/** Words to search for, with a button; `run` is called when somebody means it. */
export function searchForm(
  options: FieldOptions & { go: string; test: string; run(words: string): void },
): HTMLFormElement {
  const { element, input } = field({
    ...options,
    type: "search",
    attrs: { maxlength: 64, autocomplete: "off", "data-test": options.test },
  });
  const form = h(
    "form",
    { class: "search-row", attrs: { role: "search" } },
    element,
    h("button", { class: "button", attrs: { type: "submit" } }, options.go),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    options.run(input.value.trim());
  });
  return form;
}

/** Several lines of text. */
export function area(options: FieldOptions): Field<HTMLTextAreaElement> {
  const input = h("textarea", { class: "input", attrs: { rows: 3, ...options.attrs } });
  input.value = options.value ?? "";
  return around(input, options);
}

/** One of several. */
export function choice(
  options: FieldOptions & { choices: readonly (readonly [value: string, label: string])[] },
): Field<HTMLSelectElement> {
  const input = h(
    "select",
    { class: "input", attrs: { ...options.attrs } },
    ...options.choices.map(([value, label]) => h("option", { attrs: { value } }, label)),
  );
  if (options.value !== undefined) input.value = options.value;
  return around(input, options);
}

/** A box to tick, with its words beside it. */
export function checkRow(
  label: string,
  checked: boolean,
  help = "",
): { element: HTMLElement; input: HTMLInputElement } {
  const input = h("input", { attrs: { type: "checkbox" } });
  input.checked = checked;
  const words = h(
    "span",
    {},
    label,
    help !== "" && h("span", { class: "small quiet" }, ` ${help}`),
  );
  return { element: h("label", { class: "check-row" }, input, words), input };
}

/** Do something a button asks for: busy meanwhile, a note with the reason if it fails. */
export async function run(button: HTMLElement, work: () => Promise<void>): Promise<boolean> {
  if (button.getAttribute("aria-busy") === "true") return false;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
    return true;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { wrong: true });
    return false;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

interface FormOptions {
  submit: string;
  danger?: boolean;
  test?: string;
  /** Inputs by the names the API has for them, to say what is wrong beside them. */
  fields: Readonly<Record<string, Field<HTMLElement>>>;
  /** Things before the button. */
  content: Child[];
  /** Things beside the button. */
  beside?: Child[];
  run(): Promise<void>;
}

/** A form that keeps what was typed, says what is wrong where it is, and shows progress. */
export function formOf(options: FormOptions): HTMLFormElement {
  const problem = h("div", { attrs: { role: "alert" } });
  const words = h("span", {}, options.submit);
  const button = h(
    "button",
    {
      class: options.danger ? "button danger big" : "button next big",
      attrs: { type: "submit", "data-test": options.test ?? "submit" },
    },
    words,
  );
  const form = h(
    "form",
    { class: "form stack wide", attrs: { novalidate: true } },
    ...options.content,
    problem,
    h("div", { class: "row" }, button, ...(options.beside ?? [])),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submitting(button, problem, options.fields, async () => {
      words.textContent = SH.busy;
      try {
        await options.run();
      } finally {
        words.textContent = options.submit;
      }
    });
  });
  return form;
}

/** Run a form's work; complaints about fields go beside them, the rest into `problem`. */
export async function submitting(
  button: HTMLElement,
  problem: HTMLElement,
  fields: Readonly<Record<string, Field<HTMLElement>>>,
  work: () => Promise<void>,
): Promise<void> {
  if (button.getAttribute("aria-busy") === "true") return;
  for (const each of Object.values(fields)) each.wrong("");
  fill(problem);
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const named = error instanceof Problem ? error.errors : [];
    let first: HTMLElement | null = null;
    for (const { field: name, detail } of named) {
      const known = fields[name];
      known?.wrong(detail);
      first ??= known?.input ?? null;
    }
    if (first === null) fill(problem, h("div", { class: "note wrong" }, icon("wrong"), text));
    first?.focus();
  } finally {
    button.removeAttribute("aria-busy");
  }
}
