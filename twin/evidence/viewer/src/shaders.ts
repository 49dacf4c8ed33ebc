// Shaders. All colours are screen colours already; every shape obeys the same section box.

const CLIP = `
uniform vec3 cutLow;
uniform vec3 cutHigh;
bool isCutAway(vec3 p) { return any(lessThan(p, cutLow)) || any(greaterThan(p, cutHigh)); }
`;

/** Moves a place in the eye's frame towards the eye by a share of its distance; it stays where it is in the picture. */
const NEARER = `
uniform bool isParallel;
uniform float parallelDepth; // stands for the distance where all rays are parallel
vec4 broughtNearer(vec4 seen, float share) {
  return isParallel ? vec4(seen.xy, seen.z + share * parallelDepth, 1.0) : vec4(seen.xyz * (1.0 - share), 1.0);
}
`;

/** Looks up the style of its owner: colour and opacity, then (hatched, closed, opacity of its lines, unused). */
export const OWNED_VERTEX = `
precision highp float;
precision highp int;
in vec3 position;
in float owner;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform highp sampler2D styles;
uniform int stylesWide;
uniform int stage; // 0 opaque faces, 1 translucent faces, 2 lines
uniform float solid; // what is seen through more than this hides nothing behind it
uniform float nearer;
${NEARER}
out vec3 place;
flat out vec4 colour;
flat out vec4 flags;
void main() {
  int i = int(owner + 0.5) * 2;
  ivec2 at = ivec2(i % stylesWide, i / stylesWide);
  colour = texelFetch(styles, at, 0);
  flags = texelFetch(styles, at + ivec2(1, 0), 0);
  place = position;
  gl_Position = projectionMatrix * broughtNearer(modelViewMatrix * vec4(position, 1.0), nearer);
  bool isOpaque = colour.a > 0.985;
  bool isSkipped = stage == 2 ? flags.z <= 0.0 : (colour.a <= max(0.004, solid) || isOpaque != (stage == 0));
  if (isSkipped) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const FACE_FRAGMENT = `
precision highp float;
precision highp int;
${CLIP}
uniform vec3 eye; // local frame; direction towards it where the view is parallel
uniform bool isParallel;
uniform float ownColour;
uniform float pixelRatio;
in vec3 place;
flat in vec4 colour;
flat in vec4 flags;
out vec4 fragment;
void main() {
  if (isCutAway(place)) discard;
  vec3 towards = isParallel ? normalize(eye) : normalize(eye - place);
  vec3 n = normalize(cross(dFdx(place), dFdy(place)));
  if (dot(n, towards) < 0.0) n = -n;
  float key = max(dot(n, normalize(vec3(-0.42, -0.62, 0.66))), 0.0);
  float shade = 0.56 + 0.14 * (0.5 + 0.5 * n.z) + 0.20 * key + 0.12 * dot(n, towards);
  vec3 lit = colour.rgb * shade;
  if (flags.x > 0.5) {
    float stripe = fract((gl_FragCoord.x - gl_FragCoord.y) / (7.0 * pixelRatio));
    lit = mix(lit * 1.10, lit * 0.80, smoothstep(0.52, 0.62, stripe) - smoothstep(0.90, 1.0, stripe));
  }
  // The inside of a body shows only where it is cut; not every approved solid is wound outwards.
  if (ownColour > 0.5 && flags.y > 0.5 && !gl_FrontFacing) lit = colour.rgb * 0.55;
  fragment = vec4(lit, colour.a);
}`;

/** Counts how often a ray enters and leaves solids beyond a section: what it is inside of was cut. */
export const COUNT_FRAGMENT = `
precision highp float;
precision highp int;
${CLIP}
in vec3 place;
flat in vec4 flags;
out vec4 fragment;
void main() {
  if (flags.y < 0.5 || isCutAway(place)) discard;
  fragment = vec4(0.0);
}`;

export const CAP_VERTEX = `
precision highp float;
in vec3 position;
uniform mat4 modelMatrix;
uniform mat4 viewMatrix;
uniform mat4 projectionMatrix;
out vec3 place;
void main() {
  vec4 at = modelMatrix * vec4(position, 1.0);
  place = at.xyz;
  gl_Position = projectionMatrix * viewMatrix * at;
}`;

export const CAP_FRAGMENT = `
precision highp float;
uniform vec3 cutColour;
out vec4 fragment;
void main() { fragment = vec4(cutColour, 1.0); }`;

export const LINE_FRAGMENT = `
precision highp float;
precision highp int;
${CLIP}
uniform vec3 lineColour;
uniform float ownColour;
in vec3 place;
flat in vec4 colour;
flat in vec4 flags;
out vec4 fragment;
void main() {
  if (isCutAway(place)) discard;
  fragment = vec4(mix(lineColour, colour.rgb * 0.62, ownColour), flags.z);
}`;

export const POINT_VERTEX = `
precision highp float;
precision highp int;
in vec4 position; // steps from the block's corner; deviation
in vec4 colour;   // red, green, blue; class / 255
in float finding;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform mat4 modelMatrix;
${CLIP}
${NEARER}
uniform highp sampler2D ramp;
uniform vec3 classes[7];
uniform int colourBy; // 0 deviation, 1 photo, 2 class, 3 height
uniform int hiddenClasses;
uniform float limit;
uniform vec2 heights;
uniform float size;
uniform float pixelsPerUnit;
uniform float most;
uniform float nearer;
uniform int chosen;
uniform vec3 fadeColour;
out vec3 shown;
vec3 plain(int kind) {
  if (colourBy == 1) return colour.rgb;
  if (colourBy == 3) return vec3(0.0);
  return classes[kind];
}
void main() {
  int kind = min(int(colour.a * 255.0 + 0.5), 6);
  vec3 place = (modelMatrix * vec4(position.xyz, 1.0)).xyz;
  bool isChosen = chosen >= 0 && finding > -0.5 && int(finding + 0.5) == chosen;
  // Points lie on the surfaces they measure: drawn a little nearer, they are not lost in them.
  vec4 seen = modelViewMatrix * vec4(position.xyz, 1.0);
  gl_Position = projectionMatrix * broughtNearer(seen, nearer);
  float perUnit = pixelsPerUnit / gl_Position.w;
  shown = plain(kind);
  if (colourBy == 3) {
    shown = texture(ramp, vec2((place.z - heights.x) / max(heights.y - heights.x, 0.001), 0.5)).rgb;
  } else if (colourBy == 0 && position.w > 0.5 && (kind < 2 || kind == 6)) {
    float deviation = (position.w - 32768.0) * 0.0001;
    shown = texture(ramp, vec2(0.5 + 0.5 * clamp(deviation / limit, -1.0, 1.0), 0.5)).rgb;
  }
  bool isAside = chosen >= 0 && !isChosen;
  if (isAside) shown = mix(shown, fadeColour, 0.72);
  gl_PointSize = clamp(size * perUnit * (isAside ? 0.6 : 1.0), isAside ? 1.0 : 1.5, most);
  bool isHidden = ((hiddenClasses >> kind) & 1) == 1;
  if (isHidden || isCutAway(place)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const POINT_FRAGMENT = `
precision highp float;
uniform float opacity;
in vec3 shown;
out vec4 fragment;
void main() {
  vec2 offset = gl_PointCoord - 0.5;
  if (dot(offset, offset) > 0.25) discard;
  fragment = vec4(shown, opacity);
}`;

export const WHOLE_VERTEX = `
precision highp float;
in vec3 position;
out vec2 at;
void main() {
  at = position.xy * 0.5 + 0.5;
  gl_Position = vec4(position.xy, 1.0, 1.0);
}`;

export const BACKGROUND_FRAGMENT = `
precision highp float;
uniform vec3 above;
uniform vec3 below;
in vec2 at;
out vec4 fragment;
void main() { fragment = vec4(mix(below, above, smoothstep(0.0, 1.0, at.y)), 1.0); }`;

/** Darkens what stands behind a nearer neighbour: shape becomes readable without normals (eye-dome lighting). */
export const SHAPE_FRAGMENT = `
precision highp float;
uniform sampler2D picture;
uniform highp sampler2D depths;
uniform vec2 texel;
uniform vec2 range; // near, far
uniform bool isParallel;
uniform float strength;
in vec2 at;
out vec4 fragment;
float depthAt(vec2 uv) {
  float z = texture(depths, uv).r;
  if (z >= 1.0) return 0.0;
  if (isParallel) return log2(range.x + z * (range.y - range.x));
  return log2(range.x * range.y / (range.y - z * (range.y - range.x)));
}
void main() {
  vec4 here = texture(picture, at);
  float depth = depthAt(at);
  float sum = 0.0;
  for (int i = 0; i < 8; i++) {
    float turn = float(i) * 0.785398;
    float other = depthAt(at + vec2(cos(turn), sin(turn)) * texel * 1.4);
    if (other > 0.0) sum += depth > 0.0 ? max(0.0, depth - other - 0.002) : 0.004;
  }
  float shade = exp(-min(sum / 8.0 * strength, 0.5));
  fragment = vec4(here.rgb * shade, 1.0);
}`;
