/** The colours of the guide figure: warm, and nobody's own. */
import * as THREE from "three";

export const SKIN = new THREE.Color(0xf0c79c);
export const SKIN_LOW = new THREE.Color(0xd9a67c);
export const TOP = new THREE.Color(0x6f9f97);
export const TOP_LOW = new THREE.Color(0x5a8a86);
export const LEGGINGS = new THREE.Color(0x4d3d5c);
export const LEGGINGS_LOW = new THREE.Color(0x41334f);
export const HAIR = new THREE.Color(0x5a3b34);
export const DARK = new THREE.Color(0x2b1c26);
export const BLUSH = new THREE.Color(0xe79a80);
export const CUSHION = new THREE.Color(0xb56a4e);
export const CUSHION_LOW = new THREE.Color(0x8f4f3c);
export const WOOD = new THREE.Color(0xb98d62);
export const WOOD_LOW = new THREE.Color(0x7d5c40);
export const BAND = new THREE.Color(0xe9dcc6);
