namespace ModelCompiler.Runtime.Cuda;

/// <summary>What is known of a failed call.</summary>
/// <param name="Name">CUDA's name of the error.</param>
/// <param name="Code">CUDA's number of it.</param>
/// <param name="Call">The function.</param>
/// <param name="Action">What was being done.</param>
/// <param name="Meaning">CUDA's sentence about the error; may be empty.</param>
readonly record struct CudaFailure(string? Name, int Code, string? Call, string? Action, string? Meaning)
{
    /// <summary>The start of every message.</summary>
    public override string ToString()
    {
        string meaning = string.IsNullOrEmpty(Meaning) ? "" : $": {Meaning}";
        return $"{Call} failed with {Name} ({Code}{meaning}) while {Action}.";
    }
}
