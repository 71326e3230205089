mod batteries;
mod mains;
mod rig;
mod sequences;
mod trips;
