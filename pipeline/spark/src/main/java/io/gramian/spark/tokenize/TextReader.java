package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** A whole file as one document: UTF-8, with or without a byte order mark. */
final class TextReader implements DocumentReader {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final CorpusSplit split;
  private final Configuration configuration;
  private String text = "";
  private boolean read;

  TextReader(CorpusSplit split, Configuration configuration) {
    this.split = split;
    this.configuration = configuration;
  }

  @Override
  public boolean advance() throws IOException {
    if (read) {
      return false;
    }
    read = true;
    text = decode(bytes());
    return true;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public String where() {
    return split.file();
  }

  @Override
  public float progress() {
    return read ? 1 : 0;
  }

  @Override
  public void close() {}

  private byte[] bytes() throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(configuration).getCodec(split.path());
    try (FSDataInputStream raw = split.path().getFileSystem(configuration).open(split.path());
        InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
      return in.readAllBytes();
    }
  }

  private String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s is not UTF-8 text: invalid byte at offset %d; convert it first, for example with iconv",
              split.file(),
              in.position()));
    }
    String decoded = out.flip().toString();
    return decoded.indexOf(BYTE_ORDER_MARK) == 0 ? decoded.substring(1) : decoded;
  }
}
