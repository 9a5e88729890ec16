package io.gramian.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 and length of a stream of bytes.
 *
 * @param sha256 64 hexadecimal digits, lower case
 * @param bytes how many bytes were read
 */
public record Checksum(String sha256, long bytes) {

  /** Reads {@code in} to its end; does not close it. */
  public static Checksum of(InputStream in) throws IOException {
    DigestInputStream digesting = new DigestInputStream(in, sha256Digest());
    long bytes = digesting.transferTo(OutputStream.nullOutputStream());
    return new Checksum(HexFormat.of().formatHex(digesting.getMessageDigest().digest()), bytes);
  }

  /**
   * Reads the whole of {@code file}.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  public static Checksum of(Directory directory, String file) throws IOException {
    try (InputStream in = directory.read(file)) {
      return of(in);
    }
  }

  /** Of bytes in memory. */
  public static Checksum of(byte[] bytes) {
    return new Checksum(HexFormat.of().formatHex(sha256Digest().digest(bytes)), bytes.length);
  }

  /** SHA-256 to be fed bit by bit. */
  public static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
