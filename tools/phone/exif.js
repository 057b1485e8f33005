export { load } from "./exifreader/exif-reader.js";
