using System.Globalization;
using System.Text;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>CUDA's names of the driver's errors, for where no driver can be asked.</summary>
static class CudaResultNames
{
    /// <summary>Such as CUDA_ERROR_INVALID_VALUE for <see cref="CudaResult.InvalidValue"/>.</summary>
    public static string NameOf(CudaResult result)
    {
        string word = result.ToString();
        if (char.IsAsciiDigit(word[0])) return string.Create(CultureInfo.InvariantCulture, $"CUDA error {(int)result}");
        if (result == CudaResult.Success) return "CUDA_SUCCESS";
        var name = new StringBuilder("CUDA_ERROR");
        foreach (char letter in word)
        {
            if (char.IsAsciiLetterUpper(letter)) name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}
