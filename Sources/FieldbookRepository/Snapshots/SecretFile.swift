/// Files whose names say that they hold secrets.
enum SecretFile {
  private static let names: Set<String> = [
    ".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", "_netrc", ".pypirc", ".pgpass",
    ".git-credentials", ".htpasswd", "credentials.json", "client_secret.json", "secrets.json",
    "secrets.yaml", "secrets.yml", "secrets.toml", ".s3cfg", ".boto", "kubeconfig", "kaggle.json",
    // Of a backup, or of a replica that was copied.
    "device.key", "server.token",
  ]
  private static let endings = [".pem", ".p12", ".pfx", ".jks", ".kdbx", ".keystore", ".ppk"]
  /// Forms to be filled in.
  private static let forms = [".example", ".sample", ".template", ".dist"]

  static func isNamed(_ path: TreePath) -> Bool {
    let name = String(decoding: path.name, as: UTF8.self).lowercased()
    if forms.contains(where: name.hasSuffix) { return false }
    return names.contains(name) || name.hasPrefix(".env.")
      || endings.contains(where: name.hasSuffix)
  }
}
