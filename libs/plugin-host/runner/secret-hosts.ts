/** `api.example.com`, `api.example.com:8443`, `*.example.com` (what is below it, not itself). */
export const secretHostForm = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

/** Whether one of these hosts is meant by a host and its port. */
export const allowsHost = (hosts: readonly string[], host: string, port: string): boolean =>
  hosts.some((allowed) => {
    const [name = '', only] = allowed.split(':');
    if (only !== undefined && only !== port) return false;
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
  });
