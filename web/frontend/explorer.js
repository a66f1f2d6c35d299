// GraphiQL, which learns the schema from our file: the API itself does not tell it in production.
"use strict";

const START = `# Ctrl-Enter runs it.
query Newest {
  proposals(first: 3) {
    nodes {
      title
      state
      supportCount
    }
  }
}
`;

async function fetcher(asked) {
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", "accept-language": document.documentElement.lang },
    body: JSON.stringify(asked),
  });
  return response.json();
}

// What is tried out here is kept for this page only.
const memory = new Map();
const storage = {
  get length() { return memory.size; },
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => { memory.set(key, value); },
  removeItem: (key) => { memory.delete(key); },
  clear: () => memory.clear(),
};

const place = document.getElementById("graphiql");

// The editors come without names, and what scrolls in them cannot be reached by keys.
const NAMES = { "graphiql-query-editor": "query", "graphiql-editor-tool": "variables", "result-window": "result" };
new MutationObserver(() => {
  for (const [part, name] of Object.entries(NAMES)) {
    for (const field of place.querySelectorAll(`.${part} textarea:not([aria-label])`)) {
      field.setAttribute("aria-label", place.dataset[name]);
    }
  }
  for (const part of place.querySelectorAll('.CodeMirror-scroll[tabindex="-1"]')) part.tabIndex = 0;
}).observe(place, { childList: true, subtree: true });

fetch("/om/api/schema.json")
  .then((response) => response.json())
  .then(({ data }) => {
    ReactDOM.createRoot(place).render(
      React.createElement(GraphiQL, { fetcher, schema: data, storage, defaultQuery: START, defaultEditorToolsVisibility: false }),
    );
  })
  .catch(() => { place.textContent = place.dataset.failed; });
