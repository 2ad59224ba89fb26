"""Files: the proxy, the addresses that MLflow's page uses, and what only a cloud's store can do."""

from runs import run

PROXY = "/api/2.0/mlflow-artifacts/"
AJAX = "/ajax-api/2.0/mlflow/"


def filled(t):
    r = run(t)
    base = f"{PROXY}artifacts/0/{r.name}/artifacts/"
    for path, content in (
        ("a.txt", b"one"), ("page.html", b"<b>"), ("deep/b.json", b"{}"), ("deep/er/c.bin", b"\x00\xff"),
        ("deep/MLmodel", b"flavors: {}"), ("empty", b""), ("with%20space/d.py", b"pass"),
        ("%C3%BC/%E2%98%83.txt", b"snow"), ("a%2Bb%26c.txt", b"signs"), ("p%25q.txt", b"percent"),
    ):
        t("PUT", base + path, raw=content)
    return r, base


def kinds(t):
    """What a file is sent as."""
    r, base = filled(t)
    names = ["a.txt", "page.html", "deep/b.json", "deep/er/c.bin", "deep/MLmodel", "empty",
             "with%20space/d.py", "%C3%BC/%E2%98%83.txt", "a%2Bb%26c.txt", "p%25q.txt"]
    more = ["x.csv", "x.yaml", "x.yml", "x.log", "x.md", "x.pkl", "x.png", "x.svg", "x.pdf", "x.zip", "x.tar.gz",
            "x.parquet", "x.js", "x.css", "x.TXT", "MLproject", "conda.yaml", "noending", ".hidden", "x.ipynb",
            "x.tsv", "x.sh", "x.r", "x.toml", "x.cfg", "x.jpeg", "x.gif", "x.mp4", "x.wav", "x.onnx", "x.h5", "x.npy",
            "x.geojson", "x.xml", "x.txt.gz"]
    for name in more:
        t("PUT", base + name, raw=b"x")
    for name in names + more:
        t("GET", base + name, shown=("content-disposition", "content-type", "x-content-type-options"))
    t("GET", base + "a.txt", headers={"Range": "bytes=0-1"}, shown=("content-range",))
    t("HEAD", base + "a.txt", shown=("content-length",))
    for path in ("", "deep", "deep/", "with space", "ü", "none", "deep/none", "a.txt", "deep/b.json", ".", "./deep",
                 "/deep", "deep//er", "\\x", "..", "%2e%2e", "deep/..", "C:/x", "file:///etc", "http://x/y", "#x", "?x"):
        t.get("artifacts/list", run_id=r, path=path)
        t.get(PROXY + "artifacts", path=f"0/{r.name}/artifacts/{path}")
    t.get("artifacts/list", run_uuid=r)
    t.get("artifacts/list", run_id=r, page_token="x")


def page(t):
    """Addresses that MLflow's page and some scripts use."""
    r, base = filled(t)
    for path in ("a.txt", "deep/b.json", "none", "deep", "../x", "/etc/passwd", "%2e%2e/x", "ü/☃.txt"):
        t("GET", "/get-artifact", run_id=r, path=path, shown=("content-disposition", "content-type"))
    t("GET", "/get-artifact", run_uuid=r, path="a.txt")
    t("GET", "/get-artifact", run_id="0" * 32, path="a.txt")
    t("GET", "/get-artifact", run_id=r)
    t("GET", "/get-artifact", path="a.txt")
    t.post("registered-models/create", name="of files")
    t.post("model-versions/create", name="of files", run_id=r, source=f"mlflow-artifacts:/0/{r.name}/artifacts/deep")
    for fields in (
        {"name": "of files", "version": "1", "path": "b.json"}, {"name": "of files", "version": "1", "path": "none"},
        {"name": "of files", "version": "9", "path": "b.json"}, {"name": "no", "version": "1", "path": "b.json"},
        {"name": "of files", "version": "1", "path": "../a.txt"}, {"name": "of files", "version": "1"},
        {"name": "of files", "version": "1", "path": "er"}, {"version": "1", "path": "b.json"},
    ):
        t("GET", "/model-versions/get-artifact", shown=("content-disposition", "content-type"), **fields)
    bodies = t.post("logged-models", experiment_id="0", name="filed")
    m = t.make("model", bodies, "model", "info", "model_id")
    t("PUT", f"{PROXY}artifacts/0/models/{m.name}/artifacts/w/x.txt", raw=b"weights")
    for fields in (
        {"artifact_file_path": "w/x.txt"}, {"artifact_file_path": "none"}, {"artifact_file_path": ".."}, {},
        {"artifact_file_path": "w"}, {"artifact_file_path": ""},
    ):
        t("GET", f"{AJAX}logged-models/{m.name}/artifacts/files", shown=("content-disposition",), **fields)
    t("GET", AJAX + "logged-models/m-none/artifacts/files", artifact_file_path="x")
    for fields in ({}, {"artifact_directory_path": "w"}, {"artifact_directory_path": "none"},
                   {"artifact_directory_path": ".."}, {"artifact_directory_path": "w/x.txt"}):
        t.get(f"logged-models/{m.name}/artifacts/directories", **fields)
    upload = AJAX + "upload-artifact"
    t("POST", f"{upload}?run_uuid={r.name}&path=up/loaded.txt", raw=b"uploaded", headers={})
    t("POST", f"{upload}?run_uuid={r.name}&path=flat.txt", raw=b"uploaded", headers={})
    t("POST", f"{upload}?run_uuid={r.name}&path=../x.txt", raw=b"uploaded", headers={})
    t("POST", f"{upload}?run_uuid={r.name}", raw=b"uploaded", headers={})
    t("POST", f"{upload}?path=x.txt", raw=b"uploaded", headers={})
    t("POST", f"{upload}?run_uuid={r.name}&path=e.txt", raw=b"", headers={})
    t("POST", f"{upload}?run_uuid={'0' * 32}&path=e.txt", raw=b"x", headers={})
    t("POST", f"{upload}?run_uuid={r.name}&path=big.bin", raw=bytes(10 * 1024 * 1024 + 1), headers={})
    t("GET", base + "up/loaded.txt")
    t.get("artifacts/list", run_id=r)


def clouds(t):
    """What needs a store in a cloud is refused as MLflow's server refuses it over plain files."""
    r, base = filled(t)
    where = f"0/{r.name}/artifacts"
    for step, body in (
        ("create", {"path": "big.bin", "num_parts": 2}), ("create", {}), ("create", {"path": "x", "num_parts": "q"}),
        ("complete", {"path": "big.bin", "upload_id": "u", "parts": [{"part_number": 1, "etag": "e"}]}),
        ("complete", {"path": "big.bin", "upload_id": "u"}), ("complete", {}),
        ("abort", {"path": "big.bin", "upload_id": "u"}), ("abort", {}),
    ):
        t.post(f"{PROXY}mpu/{step}/{where}", **body)
        t.post(f"/ajax-api/2.0/mlflow-artifacts/mpu/{step}/{where}", **body)
    t.post(PROXY + "mpu/create/../x", path="x")
    t("GET", f"{PROXY}presigned/{where}/a.txt")
    t("GET", f"{PROXY}presigned/{where}/none")
    for kind in ("upload", "download"):
        for body in ({"run_id": r, "path": "a.txt"}, {"path": "a.txt"}, {"run_id": r}, {},
                     {"run_id": "0" * 32, "path": "a.txt"}, {"run_id": r, "path": "../x"},
                     {"run_id": r, "path": "a.txt", "expiration": 0}, {"run_id": r, "model_id": "m-x", "path": "a"},
                     {"model_id": "m-x", "path": "a"}, {"run_id": r, "path": "a.txt", "expiration": "x"}):
            t.post(f"artifacts/presigned-{kind}-url", **body)


def removal(t):
    r, base = filled(t)
    for path in ("deep/er", "deep/er", "none", "a.txt", "deep/none", "../x", "%2e%2e/x"):
        t("DELETE", base + path)
        t.get("artifacts/list", run_id=r)
        t.get("artifacts/list", run_id=r, path="deep")
    t("PUT", base + "a.txt", raw=b"again")
    t("GET", base + "a.txt")
    t("PUT", base + "a.txt", raw=b"and again")
    t("GET", base + "a.txt")
    t("PUT", base + "a.txt/below", raw=b"x")
    t("PUT", base + "deep", raw=b"x")
    t.get("artifacts/list", run_id=r)
    t("DELETE", f"{PROXY}artifacts/0/{r.name}/artifacts")
    t.get("artifacts/list", run_id=r)
    t("PUT", PROXY + "artifacts/" + "x" * 300, raw=b"x")
    t("PUT", f"{PROXY}artifacts/", raw=b"x")
    t("PUT", f"{PROXY}artifacts", raw=b"x")


def artifacts(t):
    r = run(t)
    base = f"/api/2.0/mlflow-artifacts/artifacts/0/{r.name}/artifacts/"
    for path, content in (("a.txt", b"one"), ("deep/b.txt", b"two"), ("deep/er/c.bin", b"\x00\xff")):
        t("PUT", base + path, raw=content)
    t.get("artifacts/list", run_id=r)
    for path in ("deep", "deep/er", "a.txt", "none", "..", "/etc", "deep/../a.txt"):
        t.get("artifacts/list", run_id=r, path=path)
    t.get("artifacts/list", run_id="0" * 32)
    t.get("artifacts/list")
    for path in ("a.txt", "deep/b.txt", "none", "deep"):
        t.get(base + path)
    for path in ("%2e%2e/x", "a%00b"):
        t.get(base + path)
    where = "/api/2.0/mlflow-artifacts/artifacts"
    t.get(where, path=f"0/{r.name}/artifacts")
    t.get(where, path=f"0/{r.name}/artifacts/deep")
    t.get(where, path="../..")
    t("DELETE", base + "a.txt")
    t("DELETE", base + "a.txt")
    t.get("artifacts/list", run_id=r)


ALL = [artifacts, kinds, page, clouds, removal]
