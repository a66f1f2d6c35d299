// A map of what the page's own data says. The list beside it says the same; with no tiles reachable the shapes stand alone.
import * as maplibregl from "./maplibre-gl.mjs";

maplibregl.setWorkerUrl?.(new URL("./maplibre-gl-worker.mjs", import.meta.url).href);

const root = getComputedStyle(document.documentElement);
const color = (name) => root.getPropertyValue(`--ds-color-${name}`).trim();

function style(config) {
  const layers = [{ id: "ground", type: "background", paint: { "background-color": color("neutral-surface-tinted") || "#eef1f4" } }];
  const sources = {};
  if (config.tiles) {
    sources.tiles = { type: "raster", tiles: [config.tiles], tileSize: 256, attribution: config.attribution };
    layers.push({ id: "tiles", type: "raster", source: "tiles" });
  }
  return { version: 8, sources, layers };
}

function bounds(data) {
  const box = new maplibregl.LngLatBounds();
  const visit = (part) => (typeof part[0] === "number" ? box.extend([part[0], part[1]]) : part.forEach(visit));
  for (const feature of data.features) visit(feature.geometry.coordinates);
  return box;
}

function addPlaces(map, features) {
  const accent = color("accent-base-default") || "#0b5563";
  map.addSource("places", { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer({ id: "areas", type: "fill", source: "places", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": accent, "fill-opacity": 0.12 } });
  map.addLayer({ id: "edges", type: "line", source: "places", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": accent, "line-width": 2 } });
}

// A button on the map: reached by keyboard, and named.
function button(className, label, text, press) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.setAttribute("aria-label", label);
  element.title = label;
  element.textContent = text;
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    press();
  });
  return element;
}

function card({ number, title, language }) {
  const link = document.createElement("a");
  link.className = "ds-link";
  link.href = `/${document.documentElement.lang}/forslag/${number}`;
  link.lang = language;
  // A title that runs from right to left keeps to itself.
  const name = document.createElement("bdi");
  name.textContent = title;
  link.append(name);
  return link;
}

// Points near each other are one button that says how many; each of the others says which proposal it is, and leads on from there.
function addPoints(map, features, words) {
  map.addSource("points", { type: "geojson", data: { type: "FeatureCollection", features }, cluster: true, clusterRadius: 44, clusterMaxZoom: 16 });
  // Nothing is asked of a source that no layer uses.
  map.addLayer({ id: "points", type: "circle", source: "points", paint: { "circle-radius": 1, "circle-opacity": 0 } });
  let shown = new Map();
  const open = (feature, at) => {
    const popup = new maplibregl.Popup({ offset: 14, maxWidth: "18rem", locale: words.locale }).setLngLat(at).setDOMContent(card(feature.properties)).addTo(map);
    popup.getElement().querySelector("a").focus({ preventScroll: true });
  };
  const closer = async (feature, at) => {
    const zoom = await map.getSource("points").getClusterExpansionZoom(feature.properties.cluster_id);
    map.easeTo({ center: at, zoom });
  };
  const mark = (feature, at) => {
    const { cluster, point_count: count, title } = feature.properties;
    if (!cluster) return button("map-point", title, "", () => open(feature, at));
    return button("map-cluster", words.cluster.replace("{count}", count), String(count), () => closer(feature, at));
  };
  const update = () => {
    const next = new Map();
    for (const feature of map.querySourceFeatures("points")) {
      const { cluster, cluster_id: id, number } = feature.properties;
      const key = cluster ? `cluster-${id}` : `point-${number}`;
      if (next.has(key)) continue;
      const at = feature.geometry.coordinates;
      next.set(key, shown.get(key) ?? new maplibregl.Marker({ element: mark(feature, at) }).setLngLat(at).addTo(map));
    }
    for (const [key, marker] of shown) if (!next.has(key)) marker.remove();
    shown = next;
  };
  map.on("data", (event) => { if (event.sourceId === "points" && event.isSourceLoaded) update(); });
  map.on("moveend", update);
  update();
}

// A ground that does not come is said once; what is ours is shown without it.
function tellOfGround(map, element, words) {
  const note = element.parentElement.querySelector("[data-map-note]");
  map.on("error", (event) => {
    if (event.sourceId === "tiles" && note && !note.textContent) note.textContent = words.groundFailed;
  });
}

// Choosing a point: the form's own fields hold it, and a list beside the map chooses a place without it.
function letChoose(map, element) {
  const [longitude, latitude] = ["longitude", "latitude"].map((name) => document.getElementById(name));
  let marker = null;
  const put = (at) => { marker = (marker ?? new maplibregl.Marker({ color: color("accent-base-default") })).setLngLat(at).addTo(map); };
  if (longitude.value && latitude.value) put([Number(longitude.value), Number(latitude.value)]);
  map.on("click", ({ lngLat }) => {
    put(lngLat);
    longitude.value = lngLat.lng.toFixed(6);
    latitude.value = lngLat.lat.toFixed(6);
    element.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
  });
}

for (const element of document.querySelectorAll("[data-map]")) {
  const data = JSON.parse(document.getElementById(element.dataset.map).textContent);
  if (!data.features.length && !("choose" in element.dataset)) continue;
  element.hidden = false;
  const { tiles, attribution } = element.dataset;
  const words = JSON.parse(element.dataset.words);
  const map = new maplibregl.Map({
    container: element,
    style: style({ tiles, attribution }),
    bounds: data.features.length ? bounds(data) : [[10.35, 59.84], [10.68, 60.05]],
    fitBoundsOptions: { padding: 40, maxZoom: 14 },
    locale: words.locale,
    cooperativeGestures: !("choose" in element.dataset),
    attributionControl: tiles ? { compact: true } : false,
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  tellOfGround(map, element, words);
  const isPoint = (feature) => feature.geometry.type === "Point";
  map.on("load", () => {
    addPlaces(map, data.features.filter((feature) => !isPoint(feature)));
    addPoints(map, data.features.filter(isPoint), words);
  });
  if ("choose" in element.dataset) letChoose(map, element);
}
