mod rig;
mod sequences;
