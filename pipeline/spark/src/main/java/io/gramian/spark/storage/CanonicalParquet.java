package io.gramian.spark.storage;

import io.gramian.checkpoint.ByteSource;
import io.gramian.checkpoint.PendingFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Makes a Parquet file's bytes depend on its rows alone.
 *
 * <p>Parquet's writer keeps the encodings of a column in a hash set of enum constants, whose order
 * differs from one JVM to the next, and lists them so in the footer. Their order means nothing;
 * here they are sorted. All data pages are copied as they are.
 */
final class CanonicalParquet {

  /** Footer length and magic number. */
  private static final int TAIL = 8;

  private static final int CHUNK = 1 << 20;

  private CanonicalParquet() {}

  /** Writes {@code from} under the name {@code to}, with its footer in canonical form. */
  static void rewrite(HadoopDirectory folder, String from, String to) throws IOException {
    try (ByteSource source = folder.open(from);
        PendingFile file = PendingFile.create(folder, to)) {
      ByteBuffer tail = read(source, source.size() - TAIL, TAIL);
      int length = tail.getInt();
      int magic = tail.getInt();
      long footerStart = source.size() - TAIL - length;
      copy(source, footerStart, file.stream());
      byte[] footer = canonical(read(source, footerStart, length).array());
      file.stream().write(footer);
      file.stream()
          .write(
              ByteBuffer.allocate(TAIL)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putInt(footer.length)
                  .putInt(magic)
                  .array());
      file.commit();
    }
  }

  static byte[] canonical(byte[] footer) throws IOException {
    FileMetaData metadata = Util.readFileMetaData(new ByteArrayInputStream(footer));
    for (RowGroup group : metadata.getRow_groups()) {
      for (ColumnChunk column : group.getColumns()) {
        column.getMeta_data().getEncodings().sort(null);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(footer.length);
    Util.writeFileMetaData(metadata, out);
    return out.toByteArray();
  }

  private static ByteBuffer read(ByteSource source, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    source.read(position, bytes);
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void copy(ByteSource source, long end, OutputStream out) throws IOException {
    for (long at = 0; at < end; at += CHUNK) {
      out.write(read(source, at, (int) Math.min(CHUNK, end - at)).array());
    }
  }
}
