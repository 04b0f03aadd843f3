namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>A checkpoint that was saved: a folder with parameters, optimizer state and everything else that a run needs
/// to go on with the same bits.</summary>
/// <param name="Path">Of its folder; <c>parameters.safetensors</c> inside is what a session loads.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Score">What the caller measured, such as the validation loss; null if nothing.</param>
public sealed record Checkpoint(string Path, int Step, double? Score)
{
    /// <summary>The file of parameters: for <c>Load</c> of a model, and for other programs.</summary>
    public string ParametersPath => System.IO.Path.Combine(Path, "parameters.safetensors");
}
