package github

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An App is a GitHub App with one installation, which gets the organisation's
// token.
type App struct {
	ID           int64
	Installation int64
	Key          *rsa.PublicKey
	Lasts        time.Duration // of a token, by this machine's clock; 0: an hour
}

// A made is the answer to a request for a token.
type made struct {
	Token       string    `json:"token"`
	ExpiresAt   time.Time `json:"expires_at"`
	Permissions object    `json:"permissions"`
	Selection   string    `json:"repository_selection"`
}

// installation returns the number of the installation that a request wants a
// token for, if it wants one.
func installation(r *http.Request) (string, bool) {
	path, ok := strings.CutPrefix(strings.TrimPrefix(r.URL.Path, "/api/v3"), "/app/installations/")
	number, last, _ := strings.Cut(path, "/")
	return number, ok && last == "access_tokens" && r.Method == http.MethodPost
}

// token gives the organisation's token to who holds the App's key.
func (o *Org) token(r *http.Request, number string) (any, string, *refusal) {
	jwt, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case o.App == nil || !o.App.signed(jwt, time.Now()):
		return nil, "", refuse(http.StatusUnauthorized, "A JSON web token could not be decoded")
	case number != strconv.FormatInt(o.App.Installation, 10):
		return nil, "", &notFound
	}
	lasts := o.App.Lasts
	if lasts == 0 {
		lasts = time.Hour
	}
	return &made{Token: o.Token, ExpiresAt: time.Now().Add(lasts).UTC().Truncate(time.Second), Permissions: object{"issues": "read"}, Selection: "all"}, "", nil
}

// signed reports whether a JSON web token is the App's and good at a time.
func (a *App) signed(jwt string, now time.Time) bool {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return false
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || rsa.VerifyPKCS1v15(a.Key, crypto.SHA256, sum[:], signature) != nil {
		return false
	}
	raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Issuer  string `json:"iss"`
		Issued  int64  `json:"iat"`
		Expires int64  `json:"exp"`
	}
	if json.Unmarshal(raw, &claims) != nil || claims.Issuer != strconv.FormatInt(a.ID, 10) {
		return false
	}
	return claims.Issued <= now.Unix() && claims.Expires > now.Unix() && claims.Expires-claims.Issued <= 600
}
