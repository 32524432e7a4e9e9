import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  build: {
    outDir: "../../server/hearth_server/web",
    emptyOutDir: true,
    sourcemap: true,
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: {
      // The address stays the page's own: the server refuses what comes from another origin.
      "/api": { target: "http://127.0.0.1:8460", changeOrigin: false },
      "/rt": { target: "ws://127.0.0.1:8460", ws: true },
    },
  },
  test: { environment: "node", include: ["test/**/*.test.ts"] },
});
