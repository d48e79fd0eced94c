import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The screens are served by the API; in development Vite serves them and passes everything else on.
const api = process.env.API_URL ?? 'http://127.0.0.1:3000';
const passOn = { target: api, changeOrigin: false };

export default defineConfig({
  root: 'web',
  plugins: [react()],
  build: { outDir: '../dist/web', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { port: 5173, proxy: { '/api': passOn, '/registry': passOn, '/health': passOn } },
  // Nothing outside the repository is read, and no dependency is fetched from elsewhere.
  optimizeDeps: { include: ['react', 'react-dom/client', '@mantine/core'] },
});
