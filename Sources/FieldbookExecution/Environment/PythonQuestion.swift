/// What a Python interpreter is asked, in its own language: any from 3.8 on answers.
///
/// It prints its version and its path, a line for each package, and, behind a mark, lines of `PackageHash`. TOML is read by the
/// interpreter's own `tomllib` (3.11); an older one leaves out locks that are written in it.
enum PythonQuestion {
  static let hashMark = "\t"

  /// What did not come from an index is told with its URL (PEP 610), as `pip freeze` tells it. Files of locks and of conda that
  /// are larger than 32 MiB, and hashes beyond 20,000 are left out.
  static let script = #"""
    import importlib.metadata as m, json, os, platform, sys

    def direct(d):
        try:
            return json.loads(d.read_text('direct_url.json') or 'null') or {}
        except Exception:
            return {}

    def line(d):
        name, told = d.metadata['Name'], direct(d)
        try:
            url, vcs = told.get('url'), told.get('vcs_info')
            if vcs: url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
        except Exception:
            url = None
        return f"{name} @ {url}" if url and ' ' not in url else f"{name}=={d.version}"

    found = list(m.distributions())
    print(platform.python_version()); print(sys.executable)
    for one in sorted({line(d) for d in found}): print(one)

    import csv, glob, hashlib, re
    LARGEST, MOST = 32 << 20, 20000
    out = set()
    here = {}

    def key(name):
        return re.sub('[-_.]+', '-', name).lower()

    def note(name, version, kind, algorithm, digest):
        digest = str(digest).lower()
        if algorithm == 'sha256' and re.fullmatch('[0-9a-f]{64}', digest) and len(out) < MOST:
            out.add(f"{name}=={version} {kind} sha256:{digest}")

    def text(path):
        if os.path.getsize(path) > LARGEST: return ''
        with open(path, encoding='utf-8') as file: return file.read()

    def quietly(work, *what):
        try:
            work(*what)
        except Exception:
            pass

    def record(d):
        name, version = d.metadata['Name'], d.version
        here[key(name)] = (name, version)
        info = direct(d).get('archive_info') or {}
        hashes = dict(info.get('hashes') or {})
        if not hashes and '=' in (info.get('hash') or ''):
            hashes = dict([info['hash'].split('=', 1)])
        for algorithm, digest in hashes.items(): note(name, version, 'archive', algorithm, digest)
        rows = []
        for row in csv.reader((d.read_text('RECORD') or '').splitlines()):
            if len(row) < 3 or not row[1] or row[0].startswith(('../', '/')) or row[0].endswith('.pyc'):
                continue
            folder, _, rest = row[0].partition('/')
            own = ('INSTALLER', 'REQUESTED', 'direct_url.json', 'uv_cache.json', 'uv_build.json')
            if folder.endswith('.dist-info') and rest in own: continue
            rows.append(f"{row[0]},{row[1]}\n")
        if rows:
            note(name, version, 'record', 'sha256',
                 hashlib.sha256(''.join(sorted(rows)).encode('utf-8', 'surrogateescape')).hexdigest())

    def conda(path):
        told = json.loads(text(path) or '{}')
        note(told['name'], told['version'], 'conda', 'sha256', told.get('sha256', ''))

    def locked(name, version, hashes):
        known = here.get(key(str(name)))
        if not known or known[1] != str(version): return
        for one in hashes:
            algorithm, _, digest = str(one).partition(':')
            note(known[0], known[1], 'locked', algorithm, digest)

    def requirements(path):
        for one in re.sub(r'\\\r?\n', ' ', text(path)).splitlines():
            pin = re.match(r'\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;,\\]+)', one)
            if pin: locked(pin[1], pin[2], re.findall(r'--hash[= ]\s*([a-z0-9]+:[0-9A-Fa-f]+)', one))

    def toml(path):
        import tomllib
        told = tomllib.loads(text(path))
        old = (told.get('metadata') or {}).get('files') or {}
        for one in told.get('package') or told.get('packages') or []:
            name, version = one.get('name'), one.get('version')
            files = list(one.get('files') or old.get(name) or []) + list(one.get('wheels') or [])
            files += [one[kind] for kind in ('sdist', 'archive') if isinstance(one.get(kind), dict)]
            hashes = []
            for file in files:
                if file.get('hash'): hashes.append(file['hash'])
                hashes += [f"{a}:{h}" for a, h in (file.get('hashes') or {}).items()]
            locked(name, version, hashes)

    for d in found: quietly(record, d)
    for path in sorted(glob.glob(os.path.join(glob.escape(sys.prefix), 'conda-meta', '*.json')))[:2000]:
        quietly(conda, path)
    try:
        folder = os.getcwd()
    except OSError:
        folder = ''
    for _ in range(16 if folder else 0):
        for path in sorted(glob.glob(os.path.join(glob.escape(folder), 'requirements*.txt')))[:16]:
            quietly(requirements, path)
        for path in ['uv.lock', 'poetry.lock'] + sorted(glob.glob(os.path.join(glob.escape(folder), 'pylock*.toml')))[:16]:
            quietly(toml, os.path.join(folder, path))
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, '.git')): break
        folder = above
    for one in sorted(out): print("\t" + one)
    """#
}
