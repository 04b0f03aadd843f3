namespace ModelCompiler;

public static partial class Operators
{
    private static partial bool IsTrainingNow() => Eager.IsTraining;
}
