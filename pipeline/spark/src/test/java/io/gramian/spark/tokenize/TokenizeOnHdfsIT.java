package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.TestHdfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeOnHdfsIT {

  private static final TokenizeRequest.Cut CUT =
      new TokenizeRequest.Cut(64, OptionalInt.of(13), Packing.PACK);

  @TempDir private Path folder;

  /** Model, text and output on HDFS give what they give on the local disk. */
  @Test
  void everythingMayLieOnHdfs() throws IOException {
    try (TestHdfs hdfs = TestHdfs.start(folder.resolve("hdfs"))) {
      HadoopDirectory remote = HadoopDirectory.of(hdfs.address() + "/work", new Configuration());
      for (String file : List.of("config.json", "tokenizer.json")) {
        copy(Sample.MODEL.resolve(file), remote, "model/" + file);
      }
      copy(Sample.VALIDATION, remote, "text/a.jsonl");

      TokenizeResult result =
          run(remote.name() + "/model", remote.name() + "/text/*.jsonl", remote.name() + "/run");
      TokenizeResult local =
          run(Sample.MODEL.toString(), Sample.VALIDATION.toString(), folder + "/run");

      assertThat(result.path()).isEqualTo(remote.name() + "/run/calibration");
      assertThat(remote.resolve("run/calibration").list()).containsExactly("part-00000.parquet");
      assertThat(remote.resolve("run").list()).isEmpty();
      try (InputStream written = remote.read("run/calibration/part-00000.parquet")) {
        assertThat(written)
            .hasSameContentAs(Files.newInputStream(Path.of(local.path(), "part-00000.parquet")));
      }
    }
  }

  private static TokenizeResult run(String model, String text, String output) throws IOException {
    return new Tokenize(TestSession.get(), ProgressListener.SILENT)
        .run(TokenizeRequest.of(model, text, CUT, output));
  }

  private static void copy(Path from, HadoopDirectory to, String file) throws IOException {
    try (OutputStream out = to.create(file)) {
      Files.copy(from, out);
    }
  }
}
