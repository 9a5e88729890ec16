package io.gramian.spark.storage;

import io.gramian.checkpoint.Checksum;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.HexFormat;

/** Passes bytes on and takes their SHA-256, so that a file need not be read again for it. */
public final class DigestedStream extends DigestOutputStream {

  /** Closing it closes {@code out}. */
  public DigestedStream(OutputStream out) {
    super(out, Checksum.sha256Digest());
  }

  /** Of what was written, 64 hexadecimal digits; ask once, when all is. */
  public String sha256() {
    return HexFormat.of().formatHex(getMessageDigest().digest());
  }
}
