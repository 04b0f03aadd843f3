using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A call into CUDA failed, or what it needs is not there. Kinds that a program may want to tell apart have
/// types of their own.</summary>
/// <remarks><b>Errors</b>: after an illegal address or a lost device every later call of the process fails too; what
/// was saved before is intact, and a new process goes on from it.</remarks>
public class CudaException : Exception
{
    internal CudaException(string message, CudaFailure failure = default, Exception? innerException = null)
        : base(message, innerException)
    {
        (ErrorName, ErrorCode, Call, Action) = (failure.Name ?? "", failure.Code, failure.Call ?? "",
            failure.Action ?? "");
    }

    /// <summary>CUDA's name of the error, such as CUDA_ERROR_INVALID_VALUE; empty if no call has failed.</summary>
    public string ErrorName { get; }

    /// <summary>CUDA's number of the error; 0 if no call has failed.</summary>
    public int ErrorCode { get; }

    /// <summary>The function that failed, such as cuLaunchKernel; empty if none has.</summary>
    public string Call { get; }

    /// <summary>What was being done, such as "launching the kernel gpt_block_ln1".</summary>
    public string Action { get; }
}
