// Customer picker: an input[data-picker] offers names from its address while one types, in the browser's own list.
// The server still decides whom the text means; without this file it is a plain text field.

const WAIT_MS = 200;
const LEAST = 1; // one kanji can be enough

const fillList = (list, names) => {
  list.replaceChildren(
    ...names.map(({ value, label }) => {
      const option = document.createElement("option");
      option.value = value;
      if (label && label !== value) option.label = label;
      return option;
    }),
  );
};

const enhance = (input) => {
  const list = document.createElement("datalist");
  list.id = `${input.id}_names`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer;
  let asked = "";
  const ask = async () => {
    const query = input.value.trim();
    if (query.length < LEAST || query === asked) return;
    asked = query;
    try {
      const address = new URL(input.dataset.picker, location.href);
      address.searchParams.set("q", query);
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.ok && asked === query) fillList(list, await answer.json());
    } catch {
      // no connection: the field stays a plain one
    }
  };
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
};

for (const input of document.querySelectorAll("input[data-picker]")) enhance(input);
