using ModelCompiler.Graphs;

namespace ModelCompiler;

public static partial class Operators
{
    private static partial bool IsTrainingNow() => Recorder.Current.IsTraining;
}
