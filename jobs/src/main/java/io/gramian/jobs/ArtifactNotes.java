package io.gramian.jobs;

import io.gramian.compress.quantize.Hadamard;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.model.store.Quantisation;
import java.io.PrintWriter;
import java.util.Locale;

/** What a person should know of how an artifact came about: nothing, if all went as usual. */
final class ArtifactNotes {

  private ArtifactNotes() {}

  static void print(PackedCheckpoint artifact, PrintWriter out) {
    Quantisation how = artifact.quantisation();
    if (how.method().rotation().equals("none")) {
      out.println("warning: " + Hadamard.missing(artifact.dense().hiddenSize()));
    }
    how.recoveries().forEach(recovery -> out.println("warning: " + line(recovery)));
  }

  private static String line(Quantisation.Recovery recovery) {
    return String.format(
        Locale.ROOT,
        "%s: %d channels that no token reached, damping %s of the mean",
        recovery.input(),
        recovery.deadChannels().size(),
        recovery.damping());
  }
}
