type Environment = Readonly<Record<string, string | undefined>>

/** Whether a browser has somewhere to open. Only Linux is also run without a desktop, and says so. */
export const hasDesktop = (
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean =>
  platform !== 'linux' || ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some((name) => environment[name])
