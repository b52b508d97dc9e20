/**
 * How the desktop app is packaged. The Electron issue adds makers, fuses and signing; what stands here is what the
 * native parts need: files that a process opens or starts cannot lie inside the archive.
 */
const config = {
  packagerConfig: {
    name: 'Sewscribe',
    asar: { unpack: '**/{*.node,*.dll,*.so,*.so.*,*.dylib,*.onnx,ffmpeg,ffmpeg.exe,ffprobe,ffprobe.exe}' },
  },
};

export default config;
