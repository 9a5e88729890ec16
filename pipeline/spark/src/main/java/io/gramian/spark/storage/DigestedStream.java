package io.gramian.spark.storage;

import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Passes bytes on and takes their SHA-256, so that a file need not be read again for it. */
public final class DigestedStream extends DigestOutputStream {

  /** Closing it closes {@code out}. */
  public DigestedStream(OutputStream out) {
    super(out, sha256Digest());
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Of what was written, 64 hexadecimal digits; ask once, when all is. */
  public String sha256() {
    return HexFormat.of().formatHex(getMessageDigest().digest());
  }
}
