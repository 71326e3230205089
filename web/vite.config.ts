// How the consoles are built: one entry for each app, into dist/, with the manifest that the gateway's shell reads.
import { defineConfig } from "vite";
import preact from "@preact/preset-vite";

export default defineConfig(({ mode }) => ({
  base: "/app/",
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    // The policy of the pages forbids data: addresses.
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    sourcemap: mode === "development",
    target: "chrome111",
    rollupOptions: {
      input: {
        wall: "src/wall/main.tsx",
        desk: "src/desk/main.tsx",
        trends: "src/trends/main.tsx",
        devices: "src/devices/main.tsx",
      },
    },
  },
}));
