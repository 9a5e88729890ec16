package io.gramian.spark.export;

import io.gramian.checkpoint.ByteSource;
import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.SayableWidths;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an artifact in another format: a folder that appears under its name when it is complete,
 * with the {@link Sha256Sums} by which a copy can be checked.
 */
public final class Export {

  /** Name of the phase. */
  public static final String PHASE = "export";

  /** Folder of a run that holds its exports. */
  public static final String EXPORTED = "exported";

  /**
   * What came of it.
   *
   * @param folder the export's own
   * @param bytes of its files
   * @param notes what the export lacks, a sentence each
   */
  public record Result(HadoopDirectory folder, long bytes, List<String> notes) {}

  private final ExportRequest request;

  /** Makes the verb. */
  public Export(ExportRequest request) {
    this.request = request;
  }

  /**
   * Checks that the format can say the width.
   *
   * @throws io.gramian.checkpoint.UserException if not, with the reason and the widths that it can
   */
  public void validate() throws IOException {
    try (PackedCheckpoint artifact = PackedCheckpoint.open(request.artifact())) {
      artifact.validate();
      new SayableWidths(request.how().format().exporter()).require(source(artifact));
    }
  }

  private ExportSource source(PackedCheckpoint artifact) {
    return new ExportSource(artifact, request.widths(), request.how().padding());
  }

  /** What the export is, once it is written. */
  public Result result() throws IOException {
    HadoopDirectory folder = request.parent().resolve(request.name());
    long bytes = 0;
    for (String file : folder.list()) {
      try (ByteSource source = folder.open(file)) {
        bytes += source.size();
      }
    }
    try (PackedCheckpoint artifact = PackedCheckpoint.open(request.artifact())) {
      return new Result(folder, bytes, request.how().format().exporter().notes(source(artifact)));
    }
  }

  /** Writes it. */
  public void run() throws IOException {
    HadoopDirectory parent = request.parent();
    String partial = request.name() + ".partial";
    parent.delete(partial);
    try (PackedCheckpoint artifact = PackedCheckpoint.open(request.artifact())) {
      HadoopDirectory folder = parent.resolve(partial);
      request.how().format().exporter().write(source(artifact), folder);
      Map<String, String> sums = new TreeMap<>();
      for (String file : folder.list()) {
        sums.put(file, Checksum.of(folder, file).sha256());
      }
      Sha256Sums.of(sums).write(folder);
      parent.delete(request.name());
      parent.rename(partial, request.name());
    } finally {
      parent.delete(partial);
    }
  }
}
