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

function addShapes(map, data) {
  const accent = color("accent-base-default") || "#0b5563";
  map.addSource("ours", { type: "geojson", data });
  map.addLayer({ id: "areas", type: "fill", source: "ours", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": accent, "fill-opacity": 0.12 } });
  map.addLayer({ id: "edges", type: "line", source: "ours", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": accent, "line-width": 2 } });
  map.addLayer({ id: "points", type: "circle", source: "ours", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 8, "circle-color": accent, "circle-stroke-width": 2, "circle-stroke-color": "#fff" } });
  map.on("click", "points", (event) => {
    const { number } = event.features[0].properties;
    const language = document.documentElement.lang;
    if (number) location.assign(`/${language}/forslag/${number}`);
  });
  map.on("mouseenter", "points", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "points", () => { map.getCanvas().style.cursor = ""; });
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
  const map = new maplibregl.Map({
    container: element,
    style: style({ tiles, attribution }),
    bounds: data.features.length ? bounds(data) : [[10.35, 59.84], [10.68, 60.05]],
    fitBoundsOptions: { padding: 40, maxZoom: 14 },
    cooperativeGestures: !("choose" in element.dataset),
    attributionControl: tiles ? { compact: true } : false,
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  // A tile that does not come is no fault of the page's.
  map.on("error", () => {});
  map.on("load", () => addShapes(map, data));
  if ("choose" in element.dataset) letChoose(map, element);
}
