package io.gramian.spark.merge;

import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.statistics.StatisticMix;
import io.gramian.compress.statistics.StatisticReader;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;

/** Combines one statistic and returns its file name. */
record MergeTask(MergeRequest request, HadoopDirectory output, LongAccumulator units)
    implements Function<String, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public String call(String name) throws IOException {
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (Opened sources = new Opened();
        PendingFile file = PendingFile.create(output, name, attempt)) {
      mix(sources, name).write(file.stream());
      file.commit();
    }
    units.add(1);
    return name;
  }

  private StatisticMix mix(Opened sources, String name) throws IOException {
    List<StatisticMix.Part> added = new ArrayList<>();
    for (MergeRequest.Part part : request.added()) {
      added.add(new StatisticMix.Part(sources.open(part.statistics(), name), part.weight()));
    }
    List<StatisticReader> subtracted = new ArrayList<>();
    for (HadoopDirectory part : request.subtracted()) {
      subtracted.add(sources.open(part, name));
    }
    return new StatisticMix(added, subtracted);
  }

  /** Files that are closed together. */
  private static final class Opened implements Closeable {

    private final Deque<SafetensorsFile> files = new ArrayDeque<>();

    StatisticReader open(HadoopDirectory folder, String name) throws IOException {
      SafetensorsFile file = SafetensorsFile.open(folder.open(name));
      files.push(file);
      return StatisticReader.of(file);
    }

    @Override
    public void close() throws IOException {
      while (!files.isEmpty()) {
        files.pop().close();
      }
    }
  }
}
